const SHELL = /^\S*\b(sh|bash|ash|dash|zsh)\b[^;|&]*$/;
const PROMPT = '# ';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/** An answer of a session; `isOver` if it is the last one. */
export interface Reply {
  readonly text: string;
  readonly isOver: boolean;
}

/**
 * Stands in for the container of a session. It reports that no container runs, and a shell then reads lines until
 * `exit`.
 */
export class Shell {
  readonly #isShell: boolean;
  readonly #greeting: string;
  #line = '';

  constructor(command: string, container: string) {
    this.#isShell = SHELL.test(command.trim());
    this.#greeting = `This is a simulated Amazon ECS: no container runs here, so ${container} cannot run ${JSON.stringify(command)}.\r\n`;
  }

  greet(): Reply {
    const text = this.#isShell ? `${this.#greeting}Type exit to end the session.\r\n${PROMPT}` : this.#greeting;
    return { text, isOver: !this.#isShell };
  }

  /** Echoes input, as a terminal does. */
  type(input: string): Reply {
    let text = '';
    for (const character of input) {
      if (character === CTRL_D && this.#line === '') return { text: `${text}exit\r\n`, isOver: true };
      if (character === CTRL_C) {
        this.#line = '';
        text += `^C\r\n${PROMPT}`;
      } else if (character === '\r' || character === '\n') {
        const line = this.#line.trim();
        this.#line = '';
        if (line === 'exit' || line.startsWith('exit ')) return { text: `${text}\r\n`, isOver: true };
        text += line === '' ? `\r\n${PROMPT}` : `\r\n${line}: there is no container to run this\r\n${PROMPT}`;
      } else if (character === '\u007f' || character === '\b') {
        if (this.#line !== '') text += '\b \b';
        this.#line = this.#line.slice(0, -1);
      } else if (character >= ' ') {
        this.#line += character;
        text += character;
      }
    }
    return { text, isOver: false };
  }
}
