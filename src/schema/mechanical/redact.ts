/** What is left of a secret for those who may not see it: of name and value pairs the names, of anything else nothing. */
export function redact(value: unknown): unknown {
  if (!Array.isArray(value)) return null;
  return value.map((item: { readonly name?: unknown }) => ({ name: item.name }));
}
