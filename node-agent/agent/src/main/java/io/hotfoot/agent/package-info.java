/**
 * The node agent: finds VMs, takes hints from guests, switches migrations to post-copy, pulls
 * pages.
 */
package io.hotfoot.agent;
