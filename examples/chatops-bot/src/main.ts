import { startBot } from './bot.ts';
import { readConfig } from './config.ts';

try {
  const bot = await startBot(readConfig(process.env));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void bot.stop());
  await bot.ended;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
