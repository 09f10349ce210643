/**
 * Marks a list that the inventory answers for clusters that it holds, unless a filter or a selected member is not announced by
 * events. Estimates of cost go by it.
 */
export function heldList<Listed extends { readonly extensions: { readonly ecsCost: object } }>(listed: Listed) {
  const { extensions } = listed;
  return { ...listed, extensions: { ...extensions, ecsCost: { ...extensions.ecsCost, held: true as const } } };
}
