import type { Stage } from '../stage.ts'

/** Journeys by what a person does. */
export type Journeys = Readonly<Record<string, (stage: Stage) => Promise<void>>>
