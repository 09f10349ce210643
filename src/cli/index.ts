import { settingsHelp } from '../config/help.ts';
import { ConfigError } from '../config/index.ts';
import { nearest } from '../config/nearest.ts';
import type { Command } from '../config/setting.ts';
import { VERSION } from '../version.ts';
import { WATCH_HELP } from '../watch/arguments.ts';
import { ecs, sandbox, schema, serve } from './commands.ts';
import { DOCUMENTS_HELP, documents } from './documents.ts';
import { HEALTHCHECK_HELP, healthcheck } from './healthcheck.ts';
import type { CliHost } from './host.ts';
import { MCP_HELP, mcp } from './mcp.ts';
import { OPERATE } from './operate.ts';
import { IAM_POLICY_HELP, iamPolicy, POLICY_HELP, policy } from './policy.ts';
import { TOKEN_HELP, token } from './token.ts';
import { watch } from './watch.ts';

interface CommandEntry {
  readonly summary: string;
  readonly help: string;
  /** Resolves with the exit code when the command has ended. */
  readonly run: (argv: readonly string[], host: CliHost) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  sandbox: {
    summary: 'the gateway over a simulated ECS of its own; needs no AWS account',
    help: settingsText('sandbox'),
    run: sandbox,
  },
  serve: {
    summary: 'the gateway over ECS, with the credentials that the AWS SDK finds',
    help: settingsText('serve'),
    run: serve,
  },
  ecs: {
    summary: 'the simulated ECS alone, for the AWS CLI and any AWS SDK',
    help: settingsText('ecs'),
    run: ecs,
  },
  schema: {
    summary: 'print the schema as SDL',
    help: 'Prints the schema as SDL, sorted by name.\n\n  --schema core|full  the contract to print, as SCHEMA chooses it for serve; full by default\n  --federation        as a subgraph of Apollo Federation 2, as FEDERATION=on serves it\n  --root <type,...>   only the part about these types, such as Cluster,Service: without links to other types with an id\n  --terse             without descriptions: a quarter of the text, for prompts and tools\n',
    run: schema,
  },
  watch: {
    summary: 'follow a deployment, a drain or tasks on any gateway, to their end',
    help: WATCH_HELP,
    run: watch,
  },
  ...OPERATE,
  mcp: {
    summary: 'tools for agents, by the Model Context Protocol on stdin and stdout',
    help: MCP_HELP,
    run: mcp,
  },
  policy: {
    summary: 'validate policies, and explain a decision',
    help: POLICY_HELP,
    run: policy,
  },
  documents: {
    summary: 'validate a manifest of operations, and print the cost of each',
    help: DOCUMENTS_HELP,
    run: documents,
  },
  'iam-policy': {
    summary: "print the least IAM policy for a gateway's credentials",
    help: IAM_POLICY_HELP,
    run: iamPolicy,
  },
  token: {
    summary: 'make a named token for callers of a gateway, and its line of the token file',
    help: TOKEN_HELP,
    run: token,
  },
  healthcheck: {
    summary: 'ask a server on this machine whether it is ready; for containers',
    help: HEALTHCHECK_HELP,
    run: healthcheck,
  },
};

/** Runs a command line and resolves with its exit code: 0 for success, 1 for failure, 2 for wrong usage. */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  const [name = '--help', ...rest] = argv[0] === 'help' && argv[1] !== undefined ? [argv[1], '--help'] : argv;
  if (name === '--version' || name === '-v') {
    host.out(`${VERSION}\n`);
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    host.out(usage());
    return argv.length === 0 ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const meant = nearest(name, Object.keys(COMMANDS));
    host.err(`"${name}" is not a command.${meant === undefined ? '' : ` Did you mean ${meant}?`}\n\n${usage()}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    host.out(`ecs-graphql ${name}: ${command.summary}\n\n${command.help}`);
    return 0;
  }
  try {
    return await command.run(rest, host);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.err(`ecs-graphql ${name} cannot start:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
    return 2;
  }
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(19)}${summary}\n`);
  return `ecs-graphql ${VERSION}: Amazon ECS as GraphQL

Usage: ecs-graphql <command> [settings]

${lines.join('')}
ecs-graphql <command> --help lists the settings of a command. Each has a flag and an environment variable; flags come first.
`;
}

function settingsText(command: Command): string {
  return `Usage: ecs-graphql ${command} [settings]\n\n${settingsHelp(command)}`;
}
