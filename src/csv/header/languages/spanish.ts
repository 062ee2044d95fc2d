import type { Language } from './language.ts'

export const SPANISH: Language = {
  always: [
    [
      'company',
      `Nombre de la empresa | Nombre de empresa | Empresa | Nombre de la compañía | Compañía | Razón social | Nombre de la cuenta | Nombre de cuenta
      | Nombre de la organización | Organización - Nombre | Organización | Empresa asociada | Empresa actual | Sociedad | Empleador`,
    ],
    ['employees', 'Número de empleados | N.º de empleados | Nº de empleados | Cantidad de empleados | Empleados'],
    ['annual_revenue', 'Ingresos anuales | Facturación anual | Facturación | Volumen de negocio | Ingresos'],
    ['total_funding', 'Financiación total | Total de fondos recaudados'],
    ['industry', 'Sector industrial | Sector de actividad | Industria | Sector | Sectores'],
    ['keywords', 'Palabras clave'],
    ['technologies', 'Tecnologías | Tecnologías web'],
    ['company_address', 'Dirección de la empresa | Dirección de facturación | Calle de facturación'],
    ['company_city', 'Ciudad de la empresa | Ciudad de facturación'],
    ['company_state', 'Estado de facturación | Provincia de facturación | Provincia de la empresa'],
    ['company_country', 'País de la empresa | País de facturación'],
    [
      'company_linkedin_url',
      'LinkedIn de la empresa | Página de empresa de LinkedIn | Página de LinkedIn de la empresa',
    ],
    ['website', 'Sitio web de la empresa | Página web de la empresa | Web de la empresa'],
    ['company_domain', 'Dominio de la empresa | Nombre de dominio de la empresa'],
    ['company_phone', 'Teléfono de la empresa | Teléfono de la organización | Centralita'],
    ['first_name', 'Nombre de pila | Primer nombre | Nombre del contacto (pila) | Nombres'],
    ['last_name', 'Apellidos | Apellido | Apellido(s) | Primer apellido'],
    [
      'full_name',
      'Nombre completo | Nombre y apellidos | Nombre y apellido | Nombre del contacto | Nombre de contacto | Nombre del posible cliente | Persona - Nombre',
    ],
    [
      'email',
      `Correo electrónico | Dirección de correo electrónico | Correo electrónico profesional | Correo electrónico del trabajo | Correo | Dirección de correo
      | Correo electrónico secundario | Correo electrónico 2 | Correo electrónico 3 | Dirección de correo electrónico 2 | Dirección de correo electrónico 3 | Correo electrónico personal`,
    ],
    [
      'title',
      'Cargo | Puesto de trabajo | Puesto | Título del puesto | Denominación del puesto | Cargo actual | Título',
    ],
    ['departments', 'Departamento | Departamentos'],
    ['seniority', 'Nivel de antigüedad | Nivel jerárquico'],
    ['stage', 'Etapa del ciclo de vida | Etapa de ciclo de vida'],
    ['person_linkedin_url', 'Perfil de LinkedIn de la persona | Perfil de LinkedIn del contacto'],
    [
      'mobile_phone',
      'Teléfono móvil | Número de teléfono móvil | Número de móvil | Móvil | Celular | Teléfono celular | Número de celular',
    ],
    [
      'work_direct_phone',
      'Teléfono directo | Teléfono del trabajo | Teléfono de trabajo | Teléfono de la oficina | Teléfono de oficina | Teléfono laboral | Teléfono principal',
    ],
    ['home_phone', 'Teléfono particular | Teléfono de casa | Teléfono del domicilio | Teléfono fijo'],
    ['other_phone', 'Otro teléfono | Otro número de teléfono'],
  ],
  plain: [
    ['name', 'Nombre'],
    [
      'city',
      'Ciudad | Ciudad de correspondencia | Ciudad de envío | Ciudad de correo | Ciudad del trabajo | Ciudad de residencia | Otra ciudad | Población | Localidad | Municipio',
    ],
    [
      'state',
      'Provincia | Estado/Región | Estado/Provincia | Estado o región | Estado de correspondencia | Provincia de correspondencia | Comunidad autónoma | Estado o provincia | Estado',
    ],
    ['country', 'País | País/Región | País o región | País de correspondencia | Código de país'],
    ['location', 'Ubicación'],
    ['address', 'Dirección | Dirección completa | Dirección postal | Domicilio | Calle'],
    ['phone', 'Número de teléfono | Teléfono | Tel. | N.º de teléfono | Teléfono 1 | Teléfono 2'],
    ['website', 'Sitio web | URL del sitio web | Página web | Página de Internet'],
    ['domain', 'Dominio | Nombre de dominio'],
  ],
  ambiguous: [
    ['Contact', 'Contacto'],
    ['Account', 'Cuenta'],
    ['Role', 'Rol | Función | Nivel'],
    ['Region', 'Región'],
    ['Size', 'Tamaño'],
    ['Category', 'Categoría | Categorías'],
  ],
}
