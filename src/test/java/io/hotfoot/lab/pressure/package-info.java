/** What presses a node of the lab. */
package io.hotfoot.lab.pressure;
