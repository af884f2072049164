// Before the first story: the programs are there, the interface is built, and the sample data is made once for all.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, ROOT, UI } from './places';
import { run, survivors } from './program';

export default async function setup(): Promise<() => void> {
  program('hemrond-server');
  program('hemrond-tablet');
  if (!existsSync(join(UI, 'index.html'))) {
    if (process.env['HEMROND_UI']) throw new Error(`${UI} holds no built interface`);
    execFileSync('npm', ['run', 'build'], { cwd: join(ROOT, 'ui'), stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const folder = mkdtempSync(join(tmpdir(), 'hemrond-browser-'));
  process.env['HEMROND_RUN_FOLDER'] = folder;
  const codes = await run('hemrond-server', ['--database', `sqlite:${join(folder, 'seed.sqlite')}`, 'seed', '--print-codes']);
  writeFileSync(join(folder, 'codes.json'), codes);

  return () => {
    const left = survivors(folder);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    if (left.length > 0) throw new Error(`programs went on after the stories: ${left.join(', ')}`);
  };
}
