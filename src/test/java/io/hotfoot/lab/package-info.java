/**
 * The lab: a two-node Kubernetes on this machine, in which guests leave their nodes under real
 * pressure.
 */
package io.hotfoot.lab;
