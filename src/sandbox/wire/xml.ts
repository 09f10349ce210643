const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for an XML document. The control characters that no document may hold are left out. */
function escapeText(text: string): string {
  const allowed = Array.from(text, (sign) => (sign < ' ' && !'\t\n\r'.includes(sign) ? '' : sign)).join('');
  return allowed.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** An element with text or further elements in it. */
export function element(name: string, content: unknown): string {
  if (typeof content !== 'object' || content === null) return `<${name}>${escapeText(String(content))}</${name}>`;
  const inner = Object.entries(content).map(([key, value]) => element(key, value));
  return `<${name}>${inner.join('')}</${name}>`;
}
