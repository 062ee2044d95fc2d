/** Icons: 16 px strokes that take the colour of the text. They are decoration; the control beside them has the name. */
const PATHS = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  filter: 'M2 3.5h12M4.5 8h7M6.5 12.5h3',
  columns: 'M2.5 2.5h11v11h-11zM6.2 2.5v11M9.9 2.5v11',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5l3.2 3.2L13 4.5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  chevronDown: 'M4 6l4 4 4-4',
  chevronRight: 'M6 4l4 4-4 4',
  chevronLeft: 'M10 4L6 8l4 4',
  arrowUp: 'M8 13V3M4 7l4-4 4 4',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  upload: 'M8 11V3M4.5 6.5L8 3l3.5 3.5M3 13.5h10',
  download: 'M8 3v8M4.5 7.5L8 11l3.5-3.5M3 13.5h10',
  person: 'M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8Zm-5 5.8c.4-2.6 2.4-3.8 5-3.8s4.6 1.2 5 3.8',
  building: 'M3.5 14V2.5h6V14M9.5 6.5h3V14M2 14h12M5.5 5.5h2M5.5 8h2M5.5 10.5h2',
  jobs: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  chart: 'M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6',
  key: 'M6 12.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Zm2.3-5.5L13.5 2M11 4.5l2 2',
  pulse: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  bookmark: 'M4 2.5h8v11l-4-3-4 3z',
  code: 'M5 4.5L1.5 8 5 11.5M11 4.5L14.5 8 11 11.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7L11.3 7',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  external: 'M9 2.5h4.5V7M13.5 2.5L7.5 8.5M11.5 9.5v4h-9v-9h4',
  undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5L6 3.5M3 6.5l3 3',
  retry: 'M13 8a5 5 0 1 1-1.5-3.6M13 2.5v3h-3',
  warning: 'M8 2.5L14.5 13.5h-13zM8 6.5v3.5M8 12h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-6.5v3.5M8 5h.01',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z',
  monitor: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  signOut: 'M6.5 2.5h-4v11h4M7 8h7M11 5l3 3-3 3',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  file: 'M4 1.5h5.5L12.5 4.5v10H4zM9.5 1.5v3h3',
  keyboard: 'M1.5 4h13v8.5h-13zM4 6.8h.01M6.7 6.8h.01M9.3 6.8h.01M12 6.8h.01M5 10h6',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
