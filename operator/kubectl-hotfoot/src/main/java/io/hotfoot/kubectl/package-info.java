/** {@code kubectl hotfoot}: what people ask of Hotfoot at a terminal. */
package io.hotfoot.kubectl;
