/**
 * The API of group {@code eviction.hotfoot.io}. Descriptions that users read stand in {@code
 * JsonPropertyDescription}: the CRD in {@code helm/hotfoot/files/crds} is made from them.
 */
package io.hotfoot.api.v1alpha1;
