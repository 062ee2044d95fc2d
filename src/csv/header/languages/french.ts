import type { Language } from './language.ts'

export const FRENCH: Language = {
  always: [
    [
      'company',
      `Nom de l'entreprise | Nom de la société | Nom du compte | Nom de l'organisation | Raison sociale | Société | Entreprise
      | Entreprise associée | Entreprise associée principale | Entreprise actuelle | Employeur | Organisation - Nom | Compte - Nom`,
    ],
    [
      'employees',
      `Nombre d'employés | Nombre de salariés | Effectif | Effectifs | Employés | Nb employés | Nb salariés`,
    ],
    ['annual_revenue', `Chiffre d'affaires | Chiffre d'affaires annuel | Revenu annuel | Revenus annuels | CA annuel`],
    ['total_funding', 'Financement total | Total des financements | Montant total levé'],
    ['industry', `Secteur d'activité | Secteurs d'activité | Secteur | Industrie`],
    ['keywords', 'Mots-clés'],
    ['technologies', 'Technologies web'],
    ['company_address', `Adresse de l'entreprise | Adresse de la société | Adresse de facturation | Rue (facturation)`],
    ['company_city', `Ville de l'entreprise | Ville de la société | Ville (facturation) | Ville de facturation`],
    ['company_state', 'État/Province (facturation)'],
    ['company_country', `Pays de l'entreprise | Pays de la société | Pays (facturation) | Pays de facturation`],
    [
      'company_linkedin_url',
      `Page LinkedIn de l'entreprise | LinkedIn de l'entreprise | LinkedIn entreprise | Page d'entreprise LinkedIn`,
    ],
    ['website', `Site web de l'entreprise | Site internet de l'entreprise | Site de l'entreprise`],
    ['company_domain', `Nom de domaine de l'entreprise | Domaine de l'entreprise`],
    ['company_phone', `Téléphone de l'entreprise | Téléphone de la société | Téléphone société | Téléphone entreprise`],
    ['first_name', 'Prénom | Prénoms | Prénom du contact'],
    ['last_name', 'Nom de famille | Nom du contact (famille) | Patronyme'],
    [
      'full_name',
      'Nom complet | Nom et prénom | Prénom et nom | Nom, prénom | Prénom Nom | Nom Prénom | Nom du contact | Personne - Nom',
    ],
    [
      'email',
      `Adresse e-mail | Adresse électronique | Adresse mail | E-mail professionnel | Email pro | Adresse e-mail professionnelle | Courriel
      | Courrier électronique | Mél | Adresse e-mail 2 | Adresse e-mail 3 | E-mail personnel | Adresse de messagerie`,
    ],
    [
      'title',
      `Intitulé du poste | Intitulé de poste | Titre du poste | Fonction du contact | Poste | Poste actuel | Titre professionnel | Titre | Fonction`,
    ],
    ['departments', 'Département professionnel'],
    ['seniority', `Niveau hiérarchique | Niveau d'ancienneté`],
    ['stage', 'Phase du cycle de vie | Étape du cycle de vie'],
    ['person_linkedin_url', 'Profil LinkedIn de la personne | Profil LinkedIn du contact'],
    [
      'mobile_phone',
      'Téléphone mobile | Numéro de téléphone mobile | Tél. mobile | Tél. portable | Téléphone portable | Numéro de portable | Portable | Numéro de mobile',
    ],
    [
      'work_direct_phone',
      'Ligne directe | Téléphone direct | Téléphone professionnel | Téléphone (bureau) | Tél. bureau | Téléphone bureau 2 | Téléphone principal | Tél. professionnel',
    ],
    [
      'home_phone',
      'Téléphone (domicile) | Tél. domicile | Téléphone domicile 2 | Téléphone personnel | Téléphone fixe',
    ],
    ['other_phone', 'Autre téléphone | Tél. autre'],
  ],
  plain: [
    ['name', 'Nom'],
    [
      'city',
      'Ville | Ville postale | Ville (bureau) | Ville (domicile) | Autre ville | Ville (publipostage) | Commune',
    ],
    [
      'state',
      'Région/Province | État/Région | État/Province | État/Province (publipostage) | Dép/Région (bureau) | Dép/Région (domicile) | Dép/Région (autre) | Province | Département (code) | État',
    ],
    [
      'country',
      'Pays | Pays/Région | Pays (publipostage) | Pays/Région (bureau) | Pays/Région (domicile) | Pays/Région (autre) | Code pays',
    ],
    ['location', 'Localisation | Lieu'],
    ['address', 'Adresse | Adresse postale | Adresse complète | Rue | Adresse 1'],
    ['phone', 'Numéro de téléphone | Téléphone | Tél. | N° de téléphone | N° téléphone | Téléphone 1 | Téléphone 2'],
    ['website', `Site web | URL du site web | Site internet | Page web`],
    ['domain', 'Nom de domaine | Domaine internet'],
  ],
  ambiguous: [
    ['Contact', 'Interlocuteur'],
    ['Account', 'Compte'],
    ['Role', 'Rôle | Niveau | Service'],
    ['Status', 'Statut'],
    ['Region', 'Région | Département'],
    ['Size', 'Taille'],
    ['Category', 'Catégorie | Catégories'],
  ],
}
