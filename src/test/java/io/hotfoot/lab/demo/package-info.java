/** {@code make demo}. */
package io.hotfoot.lab.demo;
