import { BudgetExceeded } from '../errors.ts';

/** What a run may cost, USD. Asked before each task, so that it stops before the sum is exceeded, not after. */
export interface Budget {
  /**
   * Sets aside what a task is expected to cost, for as long as it is under way.
   * @throws BudgetExceeded when that is more than is left
   */
  reserve(): { release(): void };
  /** A task is done and has cost this. */
  spend(cost: number): void;
  /** Something besides the tasks has cost this. */
  note(cost: number): void;
}

/**
 * @param expected what one task costs by the estimate; the dearest one seen counts from then on
 * @param kept what is not for tasks: what the end of the run takes
 */
export function openBudget(limit: number, expected: number, kept: number): Budget {
  let spent = 0;
  let reserved = 0;
  let dearest = expected;
  return {
    reserve() {
      const share = dearest;
      if (spent + reserved + share + kept > limit) throw exceeded(limit, spent);
      reserved += share;
      return {
        release: () => {
          reserved -= share;
        },
      };
    },
    spend(cost) {
      spent += cost;
      dearest = Math.max(dearest, cost);
    },
    note(cost) {
      spent += cost;
    },
  };
}

const exceeded = (limit: number, spent: number): BudgetExceeded =>
  new BudgetExceeded(
    `Stopped before the budget of ${limit} USD would be exceeded; ${spent.toPrecision(3)} USD are spent. ` +
      'What is done stays: run again with another budget to go on.',
  );
