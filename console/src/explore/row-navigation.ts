/** Lets the drawer move to the next and the previous row of the table beside it. */

type Move = (step: 1 | -1) => void

let move: Move | null = null

/** Returns a function that takes it back. */
export function offerNavigation(offered: Move): () => void {
  move = offered
  return () => {
    if (move === offered) move = null
  }
}

export function moveRow(step: 1 | -1): void {
  move?.(step)
}
