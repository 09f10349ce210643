export type Severity = 'CRITICAL' | 'WARNING' | 'INFO';

/** The most severe first. */
export const SEVERITIES: Readonly<Record<Severity, string>> = {
  CRITICAL: 'Users notice it, or soon will.',
  WARNING: 'A fault or a deployment would become an outage.',
  INFO: 'Worth a look when there is time.',
};

/** A fact that a finding rests on. */
export interface Evidence {
  readonly name: string;
  readonly value: string;
}

/** The finding of a rule about one resource. */
export interface Finding<Kind extends string = string> {
  readonly kind: Kind;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  readonly evidence: readonly Evidence[];
  readonly since: Date | null;
  readonly clusterArn: string;
  readonly serviceArn: string | null;
  readonly containerInstanceArn: string | null;
}

/** The reads that a rule needs beyond the resource itself. */
export type Need = 'definition' | 'deployment' | 'instances' | 'room';

/** A rule about one kind of resource. It returns undefined if it finds nothing. */
export interface Rule<Facts> {
  readonly severity: Severity;
  /** The meaning, for the schema. */
  readonly description: string;
  /** The advice for it. */
  readonly advice: string;
  readonly needs?: Need;
  readonly find: (facts: Facts) => Found | undefined;
}

export interface Found {
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly since?: Date | null | undefined;
}

/** The evidence as texts, without facts that are unknown. */
export function toEvidence(facts: Found['evidence']): Evidence[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : [{ name, value: value instanceof Date ? value.toISOString() : String(value) }],
  );
}
