/** A duration of ISO 8601 in whole minutes and seconds. */
export function inMinutes(duration: string): string {
  const [, hours = '0', minutes = '0', seconds = '0'] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration) ?? [];
  return `${Number(hours) * 60 + Number(minutes)} min ${Math.round(Number(seconds))} s`;
}

/** `12`, or `1000+` where a list was not counted to its end. */
export function counted({ value, precision }: { readonly value: number; readonly precision: string }): string {
  return precision === 'EXACT' ? String(value) : `${value}+`;
}

export function row(...cells: readonly (string | number)[]): string {
  return cells.join(' | ');
}
