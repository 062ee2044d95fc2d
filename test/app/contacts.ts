/** A file of two contacts, and the query that exports them. */
export const CONTACTS = `First Name,Last Name,Email,Company,Person Linkedin Url,Country
Ada,Lovelace,ada@example.com,Analytical Engines,https://linkedin.com/in/ada,United Kingdom
Grace,Hopper,grace@example.com,Eckert-Mauchly,https://linkedin.com/in/grace,United States
`
export const ALL = JSON.stringify({
  select_columns: ['uuid', 'first_name', 'email'],
  order_by: [{ order_by: 'email' }],
})
