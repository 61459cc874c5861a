/**
 * What the recogniser knows of English: verbs that open an order and things it may be about, in
 * classes. A word tells nothing by standing somewhere: it counts as the head of an order or question,
 * or as the thing that order is about, and what a pair is worth is learnt (`weights.json`).
 */
export const verbClasses = {
  fix: 'fix correct repair resolve patch proofread',
  format:
    'format reformat indent align sort alphabetize alphabetise capitalize capitalise normalise normalize prettify tidy wrap strip trim lint reorder order beautify put',
  rename: 'rename replace swap change substitute',
  remove: 'remove delete drop',
  convert: 'convert turn transform reformat',
  complete: 'complete finish continue autocomplete fill',
  extract: 'extract pull parse identify detect return get collect retrieve',
  classify: 'classify categorize categorise label tag assign sort rate score',
  translate: 'translate localise localize render',
  summarise: 'summarize summarise condense recap shorten sum boil abridge digest',
  rewrite: 'rewrite rephrase paraphrase reword polish edit',
  write: 'write compose draft author pen',
  create: 'create make build generate produce give provide prepare develop',
  implement: 'implement code program add expose integrate support install set setup configure scaffold',
  design: 'design architect propose devise engineer structure',
  plan: 'plan outline organise organize schedule',
  review: 'review critique look check inspect feedback comment assess evaluate examine spot',
  refactor:
    'refactor restructure simplify decouple split move migrate modernise modernize clean extract port upgrade reorganise reorganize consolidate inline deduplicate',
  document: 'document annotate describe',
  test: 'test cover mock verify',
  debug: 'debug diagnose troubleshoot investigate reproduce trace find',
  explain: 'explain describe tell discuss define elaborate teach clarify illustrate introduce name list',
  compare: 'compare contrast distinguish differentiate',
  brainstorm: 'brainstorm suggest recommend imagine come think pitch invent',
  prove: 'prove derive disprove show deduce demonstrate',
  solve:
    'solve calculate compute evaluate simplify factor factorise integrate differentiate determine multiply divide subtract let round',
  audit: 'audit harden exploit attack threat pentest secure bypass hack',
  interpret: 'interpret predict advise analyse analyze',
  optimise: 'optimise optimize improve speed accelerate enhance tune increase',
  act: 'act pretend roleplay play',
  answer: 'answer choose select pick',
} as const;

export const nounClasses = {
  code: 'code function method class component module script snippet implementation endpoint api hook interface struct variable loop array query sql regex program algorithm library package import line repository repo branch commit file widget button form page navbar handler server client app application macro cli command wrapper parser decorator website site macro reducer helper service controller util utility frontend backend',
  language:
    'python javascript typescript java kotlin rust go golang c++ c# ruby php swift scala bash shell html css react vue angular node express django flask rails spring sql vba perl haskell elixir lua pygame flexbox tailwind',
  ops: 'docker dockerfile kubernetes k8s nginx terraform ansible helm yaml workflow pipeline ci deploy deployment deployments postgres mysql mongodb redis cron git github prometheus aws s3 npm linux',
  bug: 'bug error exception crash crashes crashed fails failing failed failure traceback typeerror keyerror valueerror segfault panic undefined nan broken wrong stuck hangs freezes timeout deadlock leak issue infinite incorrect freeze restarting denied',
  test: 'test tests testing unittest pytest jest vitest junit mocha cypress playwright coverage fixture fixtures testcase cases e2e regression snapshot mock mocks',
  docs: 'docstring docstrings jsdoc javadoc readme documentation docs changelog openapi swagger comments reference guide manual onboarding notes',
  format:
    'indentation typo typos spelling grammar punctuation whitespace spacing semicolon semicolons comma commas bracket brackets quotes tabs spaces markdown table csv json yaml xml iso casing camelcase snake_case kebab-case lint prettier heading headings newline syntax alphabetically uppercase lowercase numbered unused columns formatting',
  review: 'review pr diff patch pull merge feedback smells readability style practices naming improvements',
  security:
    'security vulnerability vulnerabilities vulnerable injection xss csrf ssrf cve exploit attacker attack attacks threat penetration malware reentrancy overflow encryption authentication authorization privilege escalation secrets credential credentials oauth jwt iam pentest permissions audit attackers owasp hardening holes weakness weaknesses phishing',
  design:
    'architecture architectural microservices microservice monolith distributed scalable scalability multi-region multi-tenant multi-service event-driven cqrs kafka system platform fault-tolerant failover sharding replication availability high-availability throughput infrastructure consistency warehouse lake governance queue cdn back-pressure zero-downtime rollback saas boundaries trade-offs tradeoffs schema scale scales rpo rto disaster recovery tenancy data-intensive serving',
  many: 'codebase monorepo across entire whole every all project services legacy everywhere',
  prose:
    'email letter essay poem story blog article speech haiku song lyrics tweet post slogan tagline headline novel dialogue script paragraph description resume bio joke limerick caption announcement release note profile message tale routine plot character invitation toast review newsletter ad copy pitch itinerary recipe menu meal plan trip ideas names titles scene',
  tone: 'tone formal polite friendlier friendly professional casual persuasive engaging humorous creative',
  data: 'names dates emails addresses address numbers amounts entities fields entity phone invoice order ticket tickets sentiment spam positive negative neutral category categories label labels topic intent email urls keywords log logs ingredients form text passage toxic headline tweet document skills products',
  tongue:
    'french german spanish italian portuguese dutch english chinese japanese korean russian arabic hindi turkish polish swedish norwegian danish finnish greek hebrew vietnamese thai latin ukrainian czech hungarian indonesian mandarin translation',
  summary:
    'summary tldr tl;dr gist takeaways key points overview abstract recap bullets transcript minutes thread synopsis executive notes conversation discussion',
  greeting:
    'hi hello hey thanks thank thx bye goodbye morning evening night birthday welcome greetings congratulations lol buddy',
  title: 'title titles tags follow-up follow-ups branch emoji characters',
  talk: 'chat conversation session thread history',
  proof:
    'proof theorem lemma induction contradiction irrational infinitely undecidable converges converge equilibrium continuous group ring field subgroup axiom axioms bijection iff deduction correctness np-hard np-complete',
  puzzle:
    'liar liars lies lie truth puzzle riddle knights knaves weighings counterfeit river wolf goat cabbage seated sits prisoners hats logically valid premises syllogism houses clues',
  maths:
    'integral derivative equation probability sum product matrix determinant eigenvalue eigenvalues polynomial triangle circle radius angle integer integers prime divisor divisors divisible remainder fraction percent area volume perimeter root roots solutions limit logarithm vector modulo digits average mean median deviation permutations combinations sequence total speed altogether marbles factorial square cube real coordinates zeros',
  clinical:
    'patient diagnosis symptoms syndrome dose dosage mg ml infection therapy treatment biopsy ecg platelets serum creatinine lesion acute chronic tumor carcinoma artery fever hypertension diabetes warfarin antibiotic anemia cirrhosis pregnant presents renal hepatic cardiac pulmonary clinical vaccine pathogen physician prognosis',
  legal:
    'plaintiff defendant statute court tort negligence liability contract clause jurisdiction appeal constitutional amendment felony jury covenant easement trust heirs perpetuities shareholder fiduciary indictment hearsay lawsuit breach damages doctrine enforceable estoppel attorney landlord tenant tax sued',
  science:
    'reaction compound molecule molecular enzyme protein gene genes electron electrons orbital orbitals hamiltonian quantum spin wavelength acid base oxidation nucleophile catalyst isomer isotope equilibrium entropy enthalpy thermodynamic velocity acceleration capacitor voltage chromosome allele mutant mutation rna dna spectrum nmr polymer hybridisation hybridization octahedral ligand perturbation photon neutrino nucleus plasma receptor kinase phenotype mole moles titration solvent alkene ketone mechanism substrate membrane pressure heat temperature fluid stress beam torque magnetic field circuit frequency',
  economics:
    'elasticity bond bonds yield depreciation equity asset assets liabilities portfolio monetary fiscal gdp marginal utility monopoly interest dividend audit accounting tariff inflation',
} as const;

export type VerbClass = keyof typeof verbClasses;
export type NounClass = keyof typeof nounClasses;

export const verbNames = Object.keys(verbClasses) as readonly VerbClass[];
export const nounNames = Object.keys(nounClasses) as readonly NounClass[];

/** What opens a question. */
export const questionWords = {
  what: 'what whats',
  who: 'who whom whose',
  when: 'when',
  where: 'where',
  which: 'which',
  how: 'how',
  why: 'why',
  yesno: 'is are was were does do did has have should will would can could am',
} as const;

export type QuestionClass = keyof typeof questionWords;
export const questionNames = Object.keys(questionWords) as readonly QuestionClass[];

/** What a word may be beside, or instead of, a verb or a noun. */
export const traitWords = {
  /** Stands before the verb of an order without saying anything: "could you please help me to …". */
  courtesy:
    "please can could would you i want need like to help me us let's lets kindly hey hi hello ok okay so now then just also and first next finally we must your task is job goal quickly carefully i'd love i'll try dear",
  /** English cannot do without these: where there are none, the recogniser cannot read. */
  function:
    'the a an of to in is are for and or with on at by from that this it be as do does did how what why who which when where can my your me i you we not if',
  letter: 'a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9',
  amount: 'many much',
  /** Claims about the request itself begin with one of these, speak of a subject and claim something of it. */
  opener: 'this it these note treat consider route use ignore disregard mark send choose pick forget',
  subject: 'model models tier router routing route llm instructions task request prompt job question',
  claim:
    'ignore disregard trivial easy simple hard difficult best strongest smartest cheapest smallest largest frontier premium light classify previous important urgent critical expert-level route opus gpt advanced complex',
  /** "Think step by step", "show your working": how to answer, not what. */
  manner: 'think reason take show work go explain',
  way: 'step steps breath carefully working reasoning thoroughly',
  /** Instructions to name a conversation. */
  heading: 'title titles topic summary name',
  making: 'generate write create extract produce output summarize summarise come give return',
  talk: 'conversation thread chat session message',
  generator: 'generator',
} as const;

export type Trait = keyof typeof traitWords;
export const traitNames = Object.keys(traitWords) as readonly Trait[];

/** A greeting or thanks that is the whole ask, in the forms every language has for it. */
export const pleasantries =
  'hi|hello|hey|hello there|hi there|hey there|yo|good morning|good afternoon|good evening|good night|thanks|thank you|thx|ty|many thanks|thanks a lot|thank you so much|thank you very much|bye|goodbye|see you|how are you|how are you doing|how are you today|hey how are you|hi how are you|hello how are you|how is it going|hola|gracias|bonjour|salut|merci|hallo|guten tag|guten morgen|danke|ciao|grazie|olá|obrigado|obrigada|привет|здравствуйте|спасибо|你好|您好|谢谢|你好吗|こんにちは|ありがとう|안녕하세요|감사합니다|مرحبا|السلام عليكم|شكرا|नमस्ते|धन्यवाद|שלום|תודה|γεια σου|ευχαριστώ|สวัสดี|ขอบคุณ|merhaba|teşekkürler|xin chào|cảm ơn';
