const IDS = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b|\b(?:m?i|eni)-[0-9a-f]{8,17}\b/g;

/** A reason of ECS without what differs each time, so that equal reasons can be counted: ids, addresses and ports are `...`. */
export function withoutIds(reason: string): string {
  return reason.replace(IDS, '...').replace(/\(port \d+\)/g, '(port ...)');
}
