/** Recognises LinkedIn addresses without a profile or company, which identify nobody. Pure. */

/** The address of a page on LinkedIn, in lower case: what follows the host. */
const PAGE = /^(?:[a-z]{1,6}:)?\/*(?:[a-z0-9-]+\.)*linkedin\.(?:com|cn)(?::\d+)?\.?(?:$|[/?#](.*)$)/
/** Kinds of profiles and pages of companies. The name follows, after a further part for some. */
const KINDS = new Set(
  'in pub company company-beta school showcase organization organisation edu university sales talent recruiter profile mwlite comm mp'.split(
    ' ',
  ),
)
/** Parts of a path between a kind and the name. */
const BEFORE_NAME = new Set('in lead people company accounts account profile school showcase view guest'.split(' '))
/** Other pages. */
const PAGES = new Set(
  `feed home login signup reg join start uas authwall checkpoint search jobs job mynetwork messaging notifications me help legal learning
  pulse posts events event groups groupsdirectory psettings mypreferences settings premium directory 404 error news hashtag redir
  services products top-content wizard`.split(/\s+/),
)
/** What programs write for a missing name. */
const NO_NAME = new Set('null undefined none nan n unavailable unknown false true -'.split(' '))

/** Matches most addresses, which then do not have to be taken apart. */
const PERSON_OR_COMPANY = new RegExp(
  String.raw`^(?:https?:\/\/)?(?:[a-z]{2,3}\.)?linkedin\.com\/(?:in|company)\/(?!(?:${[...NO_NAME].join('|')})(?:[/?#]|$))[a-z0-9]`,
)

/** Whether `text`, in lower case, is a LinkedIn address without a profile or company. Other texts are not judged. */
export function isEmptyLinkedin(text: string): boolean {
  if (PERSON_OR_COMPANY.test(text) || !text.includes('linkedin.c')) return false
  const match = PAGE.exec(text)
  if (match === null) return false
  const rest = match[1] ?? ''
  // `profile/view?id=1` has the name in a parameter.
  if (/[?&](?:id|vanityname)=[^&\s]/.test(rest)) return false
  const [kind, ...names] = rest
    .replace(/[?#].*$/, '')
    .split('/')
    .filter(part => part !== '')
  if (kind === undefined || PAGES.has(kind)) return true
  if (!KINDS.has(kind)) return false
  const name = names.find(part => !BEFORE_NAME.has(part))
  return name === undefined || NO_NAME.has(name) || !/[\p{L}\p{N}]/u.test(safeDecode(name))
}

function safeDecode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
