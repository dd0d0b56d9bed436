/**
 * A sum that keeps the bits which plain addition drops, so that a total does not depend on the order of millions of
 * pixels. Relative error about 1e-16 however many terms (Neumaier 1974).
 */
export class Sum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const next = this.#sum + term;
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - next + term : term - next + this.#sum;
    this.#sum = next;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}
