/** Undefined if only ECS knows the answer. */
export type Maybe = boolean | undefined;

/** False if one part is false; otherwise undefined if one part is not known. */
export function allOf(parts: readonly Maybe[]): Maybe {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

export function not(value: Maybe): Maybe {
  return value === undefined ? undefined : !value;
}
