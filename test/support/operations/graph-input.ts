/** Names of settings as ECS writes them: enum values of the graph are in capitals. */
const SETTING = /^(awsvpc|container|default|fargate|guard|service|tag|task)[A-Z]\w+$/;

/** An input of ECS as the graph takes it. */
export function toGraphInput(input: unknown): unknown {
  if (typeof input === 'string') return SETTING.test(input) ? settingName(input) : input;
  if (Array.isArray(input)) return input.map(toGraphInput);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, name === 'taskDefinition' ? value : toGraphInput(value)]),
  );
}

/** `CONTAINER_INSIGHTS` for `containerInsights`. */
export function settingName(name: string): string {
  return name.replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3_$2$4').toUpperCase();
}
