// For whom the tablet is open. What a window remembers of one user is not shown to, or kept by, another.

class Whose {
  /** The user's id; null while the tablet is locked. */
  id = $state.raw<string | null>(null);

  /** A name for something that belongs to whoever is in now. */
  own(name: string): string {
    return `${this.id ?? ''} ${name}`;
  }
}

export const whose = new Whose();
