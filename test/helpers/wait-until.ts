/** Waits until `condition` holds; fails after `seconds`. */
export async function waitUntil(
  what: string,
  condition: () => Promise<boolean> | boolean,
  seconds: number = 30,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`timed out after ${seconds} s, waiting until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
