/** CPU time of this process so far, ms: what something costs, however busy the machine is with other things. */
export function cpuMillis(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
