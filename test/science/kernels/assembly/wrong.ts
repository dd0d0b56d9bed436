/** Not AssemblyScript: the address is no number. */
export function wrong(): void { store<f64>("a", 1); }
