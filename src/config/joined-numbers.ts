/**
 * The command line with the negative numbers joined to their flags: `parseArgs` takes `--keep -1` for two flags.
 * @param options the flags as `parseArgs` gets them
 */
export function joinedNumbers(
  argv: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>,
): string[] {
  const names = Object.entries(options)
    .filter(([, { type }]) => type === 'string')
    .flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
  const joined: string[] = [];
  for (const word of argv) {
    const flag = joined.at(-1);
    if (/^-\d/.test(word) && flag !== undefined && names.includes(flag))
      joined.splice(-1, 1, flag.startsWith('--') ? `${flag}=${word}` : `${flag}${word}`);
    else joined.push(word);
  }
  return joined;
}
