// Starting and ending the project's programs.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SWEDISH_TIME } from './browser';
import { program, runFolder } from './places';

type Name = 'hemrond-server' | 'hemrond-tablet';

/** How long a program may take to say its first word. */
const PATIENCE_MS = 30_000;

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A program that runs until it is stopped. */
export class Running {
  private readonly child: ChildProcess;
  private readonly name: string;
  private said = '';
  private complained = '';

  constructor(name: Name, args: string[]) {
    this.name = `${name} ${args[0] === '--database' ? args[2] : args[0]}`;
    this.child = spawn(program(name), args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
    alive.add(this.child);
    // Written down, so that the end of the run can see to it that nothing goes on.
    appendFileSync(join(runFolder(), 'processes'), `${this.child.pid}\n`);
    this.child.once('exit', () => alive.delete(this.child));
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => { this.said += text; });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.complained += text; });
  }

  /** Waits until the program has said a line that matches, and answers the match. */
  async says(line: RegExp): Promise<RegExpMatchArray> {
    return await new Promise((answer, fail) => {
      const stop = () => {
        clearTimeout(timer);
        this.child.stdout?.off('data', look);
        this.child.off('exit', ended);
      };
      const look = () => {
        const match = this.said.match(line);
        if (!match) return;
        stop();
        answer(match);
      };
      const ended = () => {
        stop();
        fail(new Error(`${this.name} ended instead of saying ${line}:\n${this.said}${this.complained}`));
      };
      const timer = setTimeout(() => {
        stop();
        fail(new Error(`${this.name} did not say ${line} in ${PATIENCE_MS / 1000} s:\n${this.said}${this.complained}`));
      }, PATIENCE_MS);
      this.child.stdout?.on('data', look);
      this.child.once('exit', ended);
      look();
    });
  }

  /** Ends it, and waits until it has ended. `SIGKILL` is a battery pulled out. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill(signal);
    await ended;
  }

  get log(): string {
    return this.complained;
  }
}

/** Runs a program to its end with these lines as input, and answers what it printed. */
export async function run(name: Name, args: string[], input = ''): Promise<string> {
  const running = promisify(execFile)(program(name), args, { env: environment(), timeout: 120_000, maxBuffer: 64 * 1024 * 1024 });
  // A program that ends without reading everything is no failure.
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/**
 * Nothing that the machine's user has set for a real server may reach a story, and a tablet's clock on the wall is its
 * window's: what is today for one must not be tomorrow for the other.
 */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('HEMROND_'));
  return { ...Object.fromEntries(kept), TZ: SWEDISH_TIME };
}

/** Which of the programs started in this run go on. */
export function survivors(folder: string): number[] {
  let written: string;
  try {
    written = readFileSync(join(folder, 'processes'), 'utf8');
  } catch {
    return [];
  }
  return written.split('\n').filter(Boolean).map(Number).filter((pid) => {
    try {
      // The number may belong to another program by now; ours names the run's folder.
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });
}
