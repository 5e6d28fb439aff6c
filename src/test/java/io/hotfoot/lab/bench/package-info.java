/** {@code make bench} and {@code make bench-pressure}. */
package io.hotfoot.lab.bench;
