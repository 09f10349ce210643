/** Where messages go. Socket mode needs no address of its own; without an app token Slack calls the bot over HTTP. */
export interface SlackConfig {
  readonly botToken: string;
  readonly channel: string;
  readonly appToken: string | undefined;
  readonly signingSecret: string | undefined;
  /** Port for Slack's calls where there is no app token. */
  readonly port: number;
  /** Members who may give orders; undefined: all members of the workspace. */
  readonly operators: readonly string[] | undefined;
  /** Slack's API; a test gives another. */
  readonly apiUrl: string | undefined;
}

export interface BotConfig {
  readonly gateway: string;
  readonly token: string | undefined;
  /** Clusters to follow; undefined: all. */
  readonly clusters: readonly string[] | undefined;
  readonly stateFile: string;
  /** At least this long between two edits of the messages of one feed. */
  readonly minInterval: string;
  readonly slack: SlackConfig | undefined;
  readonly webhook: string | undefined;
}

/** Reads the settings from the environment; throws one error that lists all mistakes. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): BotConfig {
  const problems: string[] = [];
  const text = (name: string) => env[name]?.trim() || undefined;
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const botToken = text('SLACK_BOT_TOKEN');
  const webhook = text('WEBHOOK');
  let slack: SlackConfig | undefined;
  if (botToken !== undefined) {
    const port = Number(text('PORT') ?? 3000);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push('PORT must be a port number.');
    const [appToken, signingSecret, channel] = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_CHANNEL'].map(text);
    if (channel === undefined) problems.push('SLACK_CHANNEL must be the id of the channel to post to.');
    if (appToken === undefined && signingSecret === undefined) {
      problems.push('Set SLACK_APP_TOKEN (socket mode) or SLACK_SIGNING_SECRET (Slack calls the bot).');
    }
    const operators = list('OPERATORS');
    slack = {
      botToken,
      channel: channel ?? '',
      appToken,
      signingSecret,
      port,
      operators,
      apiUrl: text('SLACK_API_URL'),
    };
  }
  if (slack === undefined && webhook === undefined) problems.push('Set SLACK_BOT_TOKEN or WEBHOOK.');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    gateway: text('GATEWAY') ?? 'http://127.0.0.1:4000/graphql',
    token: text('ECS_GRAPHQL_TOKEN'),
    clusters: list('CLUSTERS'),
    stateFile: text('STATE_FILE') ?? 'bot-state.json',
    minInterval: text('MIN_INTERVAL') ?? 'PT3S',
    slack,
    webhook,
  };
}
