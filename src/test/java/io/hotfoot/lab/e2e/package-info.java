/** System tests: Hotfoot as users install it, on the lab. */
package io.hotfoot.lab.e2e;
