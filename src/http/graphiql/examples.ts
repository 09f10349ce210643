/** A tab that a browser sees when it opens GraphiQL for the first time. */
export interface Example {
  readonly query: string;
  readonly variables?: string;
}

/** The tabs, in their order; each runs as it is against the sandbox's demo world. */
export const EXAMPLES: readonly Example[] = [
  {
    query: `# The version of this gateway.
query Version {
  version
}
`,
  },
];
