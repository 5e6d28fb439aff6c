/** How well the node's network carries what is sent. */
package io.hotfoot.agent.link;
