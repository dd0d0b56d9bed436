import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number. @param least the smallest that makes sense */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`a whole number from ${least}`);
  };
