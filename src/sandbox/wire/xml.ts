const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escapes text for an XML document, without the control characters that XML forbids. */
function escapeText(text: string): string {
  const allowed = Array.from(text, (sign) => (sign < ' ' && !'\t\n\r'.includes(sign) ? '' : sign)).join('');
  return allowed.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** An element that contains text or further elements. */
export function element(name: string, content: unknown): string {
  if (typeof content !== 'object' || content === null) return `<${name}>${escapeText(String(content))}</${name}>`;
  const inner = Object.entries(content).map(([key, value]) => element(key, value));
  return `<${name}>${inner.join('')}</${name}>`;
}
