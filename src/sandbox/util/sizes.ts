/** `256`, `.25 vCPU`, `0.5 vcpu` -> CPU units; `512`, `1 GB`, `0.5GB` -> MiB. Undefined for anything else. */
export function parseSize(text: string | undefined, unit: 'vcpu' | 'gb'): number | undefined {
  if (text === undefined) return undefined;
  const match = /^\s*(\d*\.?\d+)\s*([a-z]*)\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, digits, suffix = ''] = match;
  const number = Number(digits);
  if (suffix === '') return Number.isInteger(number) ? number : undefined;
  return suffix.toLowerCase() === unit ? Math.round(number * 1024) : undefined;
}
