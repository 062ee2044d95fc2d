/** Splits comma-separated industries. The names of some industries contain commas. */

/** The industries of LinkedIn with a comma in their name. The last line has names that it no longer uses. */
const WITH_COMMAS = `
Agriculture, Construction, Mining Machinery Manufacturing
Air, Water, and Waste Program Management
Appliances, Electrical, and Electronics Manufacturing
Bars, Taverns, and Nightclubs
Bed-and-Breakfasts, Hostels, Homestays
Boilers, Tanks, and Shipping Container Manufacturing
Claims Adjusting, Actuarial Services
Electric Power Transmission, Control, and Distribution
Farming, Ranching, Forestry
Glass, Ceramics and Concrete Manufacturing
Highway, Street, and Bridge Construction
Metal Valve, Ball, and Roller Manufacturing
Movies, Videos, and Sound
Museums, Historical Sites, and Zoos
Oil, Gas, and Mining
Paint, Coating, and Adhesive Manufacturing
Physical, Occupational and Speech Therapists
Retail Appliances, Electrical, and Electronic Equipment
Technology, Information and Internet
Technology, Information and Media
Transportation, Logistics, Supply Chain and Storage
Water, Waste, Steam, and Air Conditioning Services
Wholesale Appliances, Electrical, and Electronics
Wholesale Hardware, Plumbing, Heating Equipment
Glass, Ceramics and Concrete | Health, Wellness and Fitness | Leisure, Travel and Tourism`

/** First part → the parts that complete a name. The comma before the last `and` may be missing or added. */
const NAMES = new Map<string, string[][]>()
for (const name of WITH_COMMAS.trim()
  .toLowerCase()
  .split(/\n| \| /)) {
  const spellings = [name, name.replace(/, and (?!.*, )/, ' and '), name.replace(/(?<!,) and (?!.* and )/, ', and ')]
  for (const spelling of new Set(spellings)) {
    const [first, ...others] = spelling.split(', ')
    NAMES.set(
      first!,
      [...(NAMES.get(first!) ?? []), others].sort((a, b) => b.length - a.length),
    )
  }
}

/** Splits at commas, except those within the name of an industry. */
export function splitIndustries(text: string): string[] {
  const parts = text.split(',')
  const items: string[] = []
  for (let at = 0; at < parts.length; ) {
    const others = NAMES.get(plain(parts[at]!))?.find(rest =>
      rest.every((part, index) => plain(parts[at + 1 + index] ?? '') === part),
    )
    const end = at + 1 + (others?.length ?? 0)
    items.push(parts.slice(at, end).join(','))
    at = end
  }
  return items
}

function plain(part: string): string {
  return part.trim().toLowerCase().replaceAll(/\s+/g, ' ').replaceAll('&', 'and')
}
