/** Finds the registrable domain of a website, domain or e-mail address with the Public Suffix List. */
import { domainToUnicode } from 'node:url'
import { getDomain } from 'tldts'
import { isAscii } from '../../text/fold.ts'
import type { Values } from '../record.ts'
import { memo } from './memo.ts'

/**
 * `shop.acme.co.uk/x` → `acme.co.uk`; `acme.github.io` → itself, because the private section of the list is used, which
 * separates the customers of a host. Null for IP addresses, single labels and anything that is not a URL. A domain in
 * Punycode (`xn--mller-kva.example`) is the same as the one in Unicode (`müller.example`), which is returned. `text` is cleaned.
 */
export const registrableDomain: (text: string) => string | null = memo(text => {
  const unicode = text.includes('--') ? decodeHost(text) : text
  const domain = getDomain(unicode, { allowPrivateDomains: true }) ?? getDomain(unicode)
  return domain === null || NUMERIC_TOP_LEVEL.test(domain) ? null : domain
}, 50_000)

const NUMERIC_TOP_LEVEL = /\.\d+$/
/** In characters. A host has at most 253, and a scheme and a user may stand before it. */
const HOST_WITHIN = 400
const PUNYCODE = /(?<![^./@])xn--[a-z\d-]+/gi

function decodeHost(text: string): string {
  return text.slice(0, HOST_WITHIN).replace(PUNYCODE, decodeLabel) + text.slice(HOST_WITHIN)
}

/** Unchanged if it cannot be decoded. */
function decodeLabel(label: string): string {
  const decoded = domainToUnicode(label)
  return isAscii(decoded) ? label : decoded
}

/**
 * The company's own domain: that of its website, otherwise the one sent. The domain of an e-mail only fills an empty
 * one.
 */
export function ownDomain({ website, normalized_domain }: Values): string | null {
  if (typeof website === 'string') return registrableDomain(website)
  return typeof normalized_domain === 'string' ? normalized_domain : null
}

/** The company domain of a cleaned e-mail address; null if it has none or belongs to a public mail provider. */
export function companyDomainOfEmail(email: string): string | null {
  const domain = registrableDomain(email.slice(email.lastIndexOf('@') + 1))
  return domain === null || isPublicMailProvider(domain) ? null : domain
}

/** Providers with domains in many countries, identified by the first label. */
const BRANDS = new Set(
  'gmail googlemail yahoo ymail rocketmail hotmail outlook live msn aol gmx yandex protonmail'.split(' '),
)

const PROVIDERS = new Set(
  `icloud.com me.com mac.com proton.me pm.me tutanota.com tutanota.de tuta.io tuta.com fastmail.com fastmail.fm hushmail.com hey.com
  mail.com email.com usa.com post.com consultant.com engineer.com inbox.com zohomail.com zohomail.eu zoho.com myyahoo.com passport.com
  windowslive.com mailfence.com posteo.de posteo.net mailbox.org disroot.org riseup.net duck.com mozmail.com
  appleid.com guerrillamail.com mailinator.com yopmail.com 10minutemail.com temp-mail.org trashmail.com
  att.net sbcglobal.net bellsouth.net verizon.net comcast.net cox.net charter.net spectrum.net earthlink.net juno.com netzero.net
  optonline.net optimum.net frontier.com frontiernet.net windstream.net centurylink.net embarqmail.com roadrunner.com rr.com aim.com
  netscape.net mindspring.com suddenlink.net q.com pacbell.net ameritech.net swbell.net prodigy.net snet.net
  rogers.com shaw.ca sympatico.ca telus.net bell.net videotron.ca cogeco.ca
  btinternet.com btopenworld.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk tiscali.co.uk sky.com plusnet.com o2.co.uk
  web.de t-online.de freenet.de arcor.de online.de 1und1.de bluewin.ch hispeed.ch sunrise.ch aon.at chello.at a1.net
  orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr bbox.fr club-internet.fr numericable.fr
  libero.it virgilio.it alice.it tin.it tiscali.it fastwebnet.it tim.it inwind.it poste.it iol.it
  telefonica.net terra.es ono.com sapo.pt iol.pt netcabo.pt telenet.be skynet.be proximus.be scarlet.be
  ziggo.nl kpnmail.nl kpnplanet.nl planet.nl home.nl hetnet.nl xs4all.nl upcmail.nl chello.nl casema.nl quicknet.nl
  telia.com bredband.net comhem.se spray.se tele2.se online.no getmail.no mail.dk tdcadsl.dk jubii.dk stofanet.dk
  kolumbus.fi elisanet.fi inet.fi luukku.com suomi24.fi seznam.cz centrum.cz email.cz post.cz volny.cz atlas.cz azet.sk zoznam.sk
  centrum.sk wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu poczta.fm tlen.pl vp.pl gazeta.pl freemail.hu citromail.hu
  t-email.hu abv.bg mail.bg dir.bg otenet.gr in.gr walla.co.il walla.com netvision.net.il bezeqint.net 012.net.il
  mail.ru bk.ru list.ru inbox.ru internet.ru rambler.ru ya.ru ukr.net i.ua meta.ua bigmir.net tut.by inbox.lv mail.ee
  qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com 21cn.com tom.com
  naver.com daum.net hanmail.net nate.com kakao.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp
  ocn.ne.jp so-net.ne.jp excite.co.jp hinet.net pchome.com.tw singnet.com.sg starhub.net.sg
  rediffmail.com sify.com indiatimes.com in.com vsnl.net vsnl.com bsnl.in bigpond.com bigpond.net.au optusnet.com.au iinet.net.au
  tpg.com.au internode.on.net westnet.com.au dodo.com.au xtra.co.nz slingshot.co.nz orcon.net.nz mweb.co.za telkomsa.net
  vodamail.co.za webmail.co.za uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com oi.com.br
  prodigy.net.mx telmexmail.com fibertel.com.ar arnet.com.ar speedy.com.ar ciudad.com.ar une.net.co etb.net.co cantv.net
  emirates.net.ae eim.ae`.split(/\s+/),
)

function isPublicMailProvider(domain: string): boolean {
  return PROVIDERS.has(domain) || BRANDS.has(domain.slice(0, domain.indexOf('.')))
}
