/** How pressed this node is, by the kernel's pressure stall information, and by which VMs. */
package io.hotfoot.agent.pressure;
