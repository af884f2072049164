// Signing in beside a one-time code: asked for once the server has asked.
import type { Failure, SignIn } from '../../lib/api';

/** What the server says that wants to know who enrols, and that did not believe it. */
const NEEDED = 'enrol.sign_in_needed';
const WRONG = 'enrol.sign_in_wrong';

export class SigningIn {
  /** Whether the server has asked. */
  asked = $state(false);
  typed = $state<SignIn>({ login: '', password: '', code: '' });

  get ready(): boolean {
    const { login, password, code } = this.typed;
    return !this.asked || (login.trim() !== '' && password !== '' && code.trim() !== '');
  }

  /** What goes along. */
  get sent(): SignIn | null {
    return this.asked ? { ...this.typed } : null;
  }

  /** Hears why it did not work. A code of the app's is good once, so it is typed anew. */
  hear(failure: Failure): void {
    if (failure.code === NEEDED || failure.code === WRONG) this.asked = true;
    this.typed.code = '';
  }
}
