import type { Language } from './language.ts'

export const PORTUGUESE: Language = {
  always: [
    [
      'company',
      `Nome da empresa | Nome da organização | Organização - Nome | Pessoa - Organização | Organização | Nome da conta | Razão social | Nome fantasia
      | Empresa associada | Empresa atual | Companhia | Empregador`,
    ],
    [
      'employees',
      'Número de funcionários | N.º de funcionários | Nº de funcionários | Quantidade de funcionários | Funcionários | Número de colaboradores | Número de empregados',
    ],
    ['annual_revenue', 'Receita anual | Faturamento anual | Faturamento | Faturação anual | Volume de negócios'],
    ['total_funding', 'Financiamento total'],
    ['industry', 'Setor | Setor de atividade | Ramo de atividade | Indústria | Segmento de mercado'],
    ['keywords', 'Palavras-chave'],
    ['technologies', 'Tecnologias'],
    ['company_address', 'Endereço da empresa | Organização - Endereço | Endereço de cobrança | Morada da empresa'],
    ['company_city', 'Cidade da empresa | Cidade de cobrança'],
    ['company_state', 'Estado da empresa | Estado de cobrança'],
    ['company_country', 'País da empresa | País de cobrança'],
    ['company_linkedin_url', 'LinkedIn da empresa | Página da empresa no LinkedIn'],
    ['website', 'Site da empresa | Website da empresa'],
    ['company_domain', 'Domínio da empresa'],
    ['company_phone', 'Telefone da empresa | Organização - Telefone'],
    ['first_name', 'Primeiro nome | Nome próprio | Pessoa - Primeiro nome'],
    ['last_name', 'Sobrenome | Último nome | Pessoa - Sobrenome | Pessoa - Último nome'],
    [
      'full_name',
      'Nome completo | Nome e sobrenome | Nome do contato | Nome do contacto | Pessoa - Nome | Nome do lead',
    ],
    [
      'email',
      `Endereço de e-mail | Pessoa - E-mail | Pessoa - Email - Trabalho | E-mail comercial | E-mail corporativo | E-mail profissional | Correio eletrónico | Correio eletrônico
      | Pessoa - E-mail - Trabalho | Pessoa - E-mail - Casa | Pessoa - E-mail - Outro | E-mail secundário | E-mail pessoal | Endereço de e-mail 2`,
    ],
    ['title', 'Título do cargo | Pessoa - Cargo | Cargo atual | Função do cargo | Posição'],
    ['seniority', 'Senioridade | Nível de senioridade | Nível hierárquico'],
    ['stage', 'Fase do ciclo de vida | Estágio do ciclo de vida'],
    ['person_linkedin_url', 'Perfil do LinkedIn da pessoa | LinkedIn da pessoa'],
    [
      'mobile_phone',
      'Telefone celular | Número de celular | Telemóvel | Telefone móvel | Pessoa - Telefone - Celular | Número de telemóvel',
    ],
    [
      'work_direct_phone',
      'Telefone direto | Telefone comercial | Telefone do trabalho | Telefone profissional | Pessoa - Telefone - Trabalho | Pessoa - Telefone | Telefone principal',
    ],
    [
      'home_phone',
      'Telefone residencial | Telefone de casa | Pessoa - Telefone - Casa | Pessoa - Telefone - Residencial | Telefone fixo',
    ],
    ['other_phone', 'Outro telefone | Pessoa - Telefone - Outro'],
  ],
  plain: [
    ['name', 'Nome'],
    ['city', 'Cidade | Cidade de correspondência | Cidade comercial | Cidade residencial | Município'],
    ['state', 'Estado/Região | Estado/Província | UF | Província | Estado'],
    ['country', 'País | País/Região | Código do país'],
    ['location', 'Localização'],
    ['address', 'Endereço | Endereço completo | Morada | Rua | Logradouro'],
    ['phone', 'Número de telefone | Telefone | Telefone 1 | Telefone 2'],
    ['website', 'URL do site | Página web | Página da web'],
    ['domain', 'Domínio | Nome de domínio'],
  ],
  ambiguous: [
    ['Contact', 'Contato | Contacto'],
    ['Account', 'Conta'],
    ['Role', 'Papel | Função | Nível'],
    ['Status', 'Situação'],
    ['Region', 'Região'],
    ['Size', 'Tamanho | Porte'],
    ['Category', 'Categoria | Categorias'],
  ],
}
