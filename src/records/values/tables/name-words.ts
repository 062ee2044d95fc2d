/** Words in names of people that are not names. Without dots, in lower case. */

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** Salutations and titles before a name, with or without a dot. */
export const TITLES = words(`
  mr mrs ms mx miss mister missis dr doctor prof professor sir madam mme mlle monsieur madame mademoiselle messrs
  herr frau herrn frl fräulein dhr mevr mevrouw meneer
  srta sra señor señora señorita senor senora senorita senhor senhora
  signor signora signorina sigra signa dott dottssa dottor dottoressa dra
  univ-prof priv-doz dipl-ing dipl-kfm dr-ing prof-dr drs`)

/** Titles that are also jobs. */
const JOBS = words('doctor professor')

/** What people write instead of a job into a column called `Title`. */
export const SALUTATIONS: ReadonlySet<string> = new Set([
  ...[...TITLES].filter(title => !JOBS.has(title)),
  ...words('m sr sig rev hon'),
])

/**
 * Titles only with a dot: without one they are names or initials (`Col Needham`, `Hon Wai`). `M.` is missing, as an initial
 * (`M. Night Shyamalan`).
 */
export const DOTTED_TITLES = words(`
  rev hon capt lt col gen sgt maj cmdr adm fr br sr sig ing mag hr avv arch lic ir mw dr-med eng engr lcda lcdo arq geom rag
  rer nat med phil jur habil`)

/** What may follow `Dr.`: `Dr. med. Anna Ott`. */
export const AFTER_DOCTOR = words('med dent vet jur phil rer nat pol oec ing hc habil mult')

/** Suffixes behind a name, in any spelling. */
export const SUFFIXES = words('jr snr jnr phd dphil pharmd psyd 2nd 3rd 4th')

/** Words of jobs and companies behind a comma: `Ada Byron, Head of Growth`, `Ada Byron, Acme GmbH`. */
export const JOB_WORDS = words(`
  of at candidate student manager director engineer consultant founder co-founder cofounder president officer developer analyst
  specialist owner inc llc ltd gmbh corp corporation company university`)

/** Degrees and certificates, with at least two capitals: `Mba` and `Meng` are last names. */
export const DEGREES = words(`
  mba emba msc bsc beng meng llm llb mphil mfa bba dba edd dds dmd dvm dnp msn bsn mph mpa
  cpa cfa cfp chfc cissp cism cisa pmp pmi-acp csm cspo csp prince2 itil shrm-cp shrm-scp sphr phr chrp fcca acca fca acma aca cma cia
  lcsw lpc lmft faan facs facp faia aia mrics frics obe mbe cbe`)

/** Suffixes in capitals only: `Md` and `Iv` are names. */
export const CAPITAL_SUFFIXES = words('ii iii iv vii viii md jd rn ms')

/** Suffixes only behind a comma and in capitals, or with dots: `Ma`, `Do` and `Ba` are last names. */
export const COMMA_SUFFIXES = words('ma do ba be pe ca ms md jd rn ra aa la ed eds lld dd od np pa pt ot bs sc dc')

/** Particles of a last name, in any spelling, unless they come first. */
export const PARTICLES = words(`
  van von de da del della dello degli dei dal dalla dos das di du bin bint ibn binti al abu le la ter el ben mc`)

/** Particles that are also names: with a capital letter they count only as the last word but one (`Marine Le Pen`). */
export const SHORT_PARTICLES = words('di du le la ter el ben mc')

/** Particles in lower case only: otherwise they are names. */
export const LOWER_PARTICLES = words(`
  do der den des dem te ten zu zum zur vom af av ul ur op het in 't 's los las`)

/** Particles that begin a last name even if they come first. */
export const LEADING_PARTICLES = words('de dos')

/** Last names of Vietnam, which come first: in `Nguyen Van Hung`, `Van` is a middle name. Without marks. */
export const VIETNAMESE = words('nguyen tran pham hoang huynh phan vu vo dang bui do ho ngo duong ly le dinh trinh')

/** Given names behind a particle: `María del Carmen García`. Without marks. */
export const GIVEN_AFTER_PARTICLE = words(`
  carmen pilar mar rosario angeles dolores luz sol rocio socorro consuelo jesus refugio lourdes fatima guadalupe dios mercedes remedios
  nieves milagros concepcion`)
