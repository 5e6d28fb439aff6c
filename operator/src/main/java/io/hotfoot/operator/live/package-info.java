/** A read-only look at what the operator sees. */
package io.hotfoot.operator.live;
