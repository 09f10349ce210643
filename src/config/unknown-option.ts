import { nearest } from './nearest.ts';

/**
 * The message of an error of `parseArgs`, which names the flag that was probably meant.
 * @param flags the names of the flags, without dashes
 */
export function optionProblem(error: unknown, flags: readonly string[]): string {
  const { message, code } = error as Error & { readonly code?: string };
  const [, name = ''] = /^Unknown option '(-[^']*)'/.exec(message) ?? [];
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || name === '') return message;
  const meant = nearest(name.replace(/^-+/, ''), flags);
  return `"${name}" is not a flag${meant === undefined ? `; the flags are ${flags.map((flag) => `--${flag}`).join(', ')}` : `. Did you mean --${meant}?`}`;
}
