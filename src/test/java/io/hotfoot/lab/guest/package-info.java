/** A guest in the lab, its workload, and what is recorded of it while it moves. */
package io.hotfoot.lab.guest;
