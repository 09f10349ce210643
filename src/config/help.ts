import { type Command, GROUPS, type Setting } from './setting.ts';
import { flagOf, flagsOf, SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';

const WIDTH = 100;

/** The settings of a command as `--help` shows them. */
export function settingsHelp(command: Command): string {
  const lines: string[] = [];
  for (const group of GROUPS) {
    const names = SETTING_NAMES.filter(
      (name) => SETTINGS[name].group === group && SETTINGS[name].commands.includes(command),
    );
    if (names.length === 0) continue;
    lines.push(`${group}:`);
    for (const name of names) {
      const setting = SETTINGS[name] as Setting<unknown>;
      lines.push(
        `  ${[flagText(name, command), setting.env, defaultFor(setting, command)].filter(Boolean).join('  ')}`,
      );
      lines.push(...wrap(setting.description.replaceAll('`', ''), '      '));
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** The table of all settings, for the documentation. */
export function settingsMarkdown(): string {
  const rows = SETTING_NAMES.map((name) => {
    const setting = SETTINGS[name] as Setting<unknown>;
    const shown =
      setting.defaultText ?? code(setting.type.print(setting.initial({ command: 'serve', host: '127.0.0.1' })));
    return [code(flagText(name, 'serve')), code(setting.env), shown, setting.commands.join(', '), setting.description];
  });
  const header = ['Flag', 'Environment', 'Default', 'Commands', 'Meaning'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function flagText(name: SettingName, command: Command): string {
  const { placeholder } = SETTINGS[name].type;
  if (placeholder === '') return `--[no-]${flagOf(name)}`;
  return flagsOf(name, command)
    .map((flag) => `--${flag} <${placeholder}>`)
    .join(', ');
}

function defaultFor(setting: Setting<unknown>, command: Command): string {
  if (setting.defaultText) return `[${setting.defaultText}]`;
  const value = setting.type.print(setting.initial({ command, host: '127.0.0.1' }));
  return value === '' ? '' : `[${value}]`;
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
