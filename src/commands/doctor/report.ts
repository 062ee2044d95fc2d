/** The results of checks, as lines for people or as JSON for programs. */

/** What a check returns: a description, or a warning about something that works but deserves attention. */
export type Found = string | Warning

interface Warning {
  readonly warning: string
}

export function warning(message: string): Warning {
  return { warning: message }
}

interface Result {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
}

export interface Report {
  /** Runs a check. Its error says what is wrong and what to do. Resolves with whether it has not failed. */
  check(name: string, work: () => Promise<Found>): Promise<boolean>
  /** Adds the failure of a step that other checks depend on. */
  fail(name: string, error: unknown): void
  /** Prints what is not printed yet. Returns the exit code: 1 if any check failed. */
  end(): number
}

export function openReport(json: boolean, print: (line: string) => void): Report {
  const results: Result[] = []
  const add = (result: Result) => {
    results.push(result)
    if (!json) print(`${label(result).padEnd(5)} ${result.name}: ${result.message}`)
  }
  const fail = (name: string, error: unknown) => add({ name, status: 'fail', message: (error as Error).message })
  return {
    async check(name, work) {
      try {
        const found = await work()
        if (typeof found === 'string') add({ name, status: 'ok', message: found })
        else add({ name, status: 'warn', message: found.warning })
        return true
      } catch (error) {
        fail(name, error)
        return false
      }
    },
    fail,
    end() {
      const ok = results.every(({ status }) => status !== 'fail')
      if (json) print(JSON.stringify({ ok, checks: results }))
      return ok ? 0 : 1
    },
  }
}

function label({ status }: Result): string {
  return status === 'fail' ? 'FAIL' : status
}
