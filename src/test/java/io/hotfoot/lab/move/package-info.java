/** The ways in which a guest leaves its node: by Hotfoot, and as stock KubeVirt moves it. */
package io.hotfoot.lab.move;
