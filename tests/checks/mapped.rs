//! What an application asks of an identity: fields by whatever name they come, groups, and who may enter.

use saml_sp::testing::{Answer, TestIdp};
use saml_sp::{
    AttributeMap, EntityId, Error, Field, Gate, Groups, Identity, IdentityProvider, MappedAttributes, Metadata,
    MetadataTrust, Whose,
};

use crate::world::*;

const CLAIMS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

fn identity(change: impl FnOnce(&mut Answer)) -> Identity {
    accepts(World::new().answered(change)).identity
}

fn idp() -> IdentityProvider {
    World::new().idp
}

/// An identity provider whose metadata declares these scopes.
fn with_scopes(scopes: &[(&str, bool)]) -> IdentityProvider {
    let extensions: String = scopes
        .iter()
        .map(|(scope, regexp)| {
            format!("<s:Scope xmlns:s=\"urn:mace:shibboleth:metadata:1.0\" regexp=\"{regexp}\">{scope}</s:Scope>")
        })
        .collect();
    let metadata = TestIdp::with_ecdsa(IDP).unwrap().metadata().unwrap();
    let role = cut(&metadata, "<md:IDPSSODescriptor", ">");
    let metadata = replace(&metadata, role, &format!("{role}<md:Extensions>{extensions}</md:Extensions>"));
    Metadata::read(metadata.as_bytes(), MetadataTrust::Transport).unwrap().only_identity_provider().unwrap()
}

fn read(map: &AttributeMap, identity: &Identity) -> Result<MappedAttributes, Error> {
    map.read(identity, &idp())
}

/// As each product names them.
#[test]
fn fields_by_the_names_of_products() {
    let products: [(&str, [&str; 4]); 6] = [
        (
            "Shibboleth, by OID",
            [
                "urn:oid:0.9.2342.19200300.100.1.3",
                "urn:oid:2.5.4.42",
                "urn:oid:2.5.4.4",
                "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
            ],
        ),
        (
            "Entra ID",
            [
                &format!("{CLAIMS}/emailaddress"),
                &format!("{CLAIMS}/givenname"),
                &format!("{CLAIMS}/surname"),
                "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
            ],
        ),
        (
            "AD FS",
            [
                &format!("{CLAIMS}/emailaddress"),
                &format!("{CLAIMS}/givenname"),
                &format!("{CLAIMS}/surname"),
                "http://schemas.xmlsoap.org/claims/Group",
            ],
        ),
        ("Okta", ["email", "firstName", "lastName", "groups"]),
        ("OneLogin", ["User.email", "User.FirstName", "User.LastName", "memberOf"]),
        ("SimpleSAMLphp", ["mail", "givenName", "sn", "Role"]),
    ];
    for (product, [email, first, last, groups]) in products {
        let identity = identity(|answer| {
            answer.attribute(email, ["alice@example.com", "a@example.com"]).attribute(first, ["Alice"]);
            answer.attribute(last, ["Archer"]).attribute(groups, ["staff"]);
        });
        let user = read(&AttributeMap::new(), &identity).unwrap();
        assert_eq!(user.get(&Field::Email), Some("alice@example.com"), "{product}");
        assert_eq!(user.all(&Field::Email), ["alice@example.com", "a@example.com"], "{product}");
        assert_eq!(user.get(&Field::FirstName), Some("Alice"), "{product}");
        assert_eq!(user.get(&Field::LastName), Some("Archer"), "{product}");
        assert_eq!(*user.groups(), Groups::Listed(vec!["staff".to_owned()]), "{product}");
        assert_eq!(user.get(&Field::SubjectId), None, "{product}");
    }
}

#[test]
fn the_application_s_names_come_first_and_exactly() {
    let identity = identity(|answer| {
        answer.attribute("mail", ["table@example.com"]).attribute("E-Mail", ["own@example.com"]);
        answer.attribute("dept", ["Ops"]).attribute("empty", Vec::<String>::new());
    });
    let mail = |map: AttributeMap| read(&map, &identity).unwrap().get(&Field::Email).map(str::to_owned).unwrap();
    assert_eq!(mail(AttributeMap::new()), "table@example.com");
    assert_eq!(mail(AttributeMap::new().alias(Field::Email, "E-Mail")), "own@example.com");
    assert_eq!(
        mail(AttributeMap::new().alias(Field::Email, "absent").alias(Field::Email, "mail")),
        "table@example.com"
    );
    // Whoever lacks what was chosen is not judged by what was not.
    for chosen in ["e-mail", "E-Mail ", "empty", "absent"] {
        let map = AttributeMap::new().alias(Field::Email, chosen).alias(Field::Groups, chosen);
        let user = read(&map, &identity).unwrap();
        assert_eq!((user.get(&Field::Email), user.groups()), (None, &Groups::Absent), "{chosen}");
        assert!(!Gate::any_group(&map, ["own@example.com", "Ops"]).admits(&identity));
    }
    let own = Field::own("department");
    let map = AttributeMap::new().alias(own.clone(), "department").alias(own.clone(), "dept");
    assert_eq!(read(&map, &identity).unwrap().get(&own), Some("Ops"));
    assert_eq!(read(&AttributeMap::new(), &identity).unwrap().get(&own), None);
}

/// Friendly names are for people, values with elements inside are no texts, and null is none.
#[test]
fn what_is_no_value() {
    let world = World::new();
    let login = accepts(world.written(
        saml_sp::testing::Sign::Assertion,
        |answer| {
            answer.attribute("mail", ["x"]);
            answer.attributes.last_mut().unwrap().values = vec![None];
            answer.attribute("urn:x:friendly", ["f@example.com"]).attribute("email", ["PLACE"]);
        },
        |xml| {
            let xml = replace(&xml, "Name=\"urn:x:friendly\"", "FriendlyName=\"mail\" Name=\"urn:x:friendly\"");
            replace(&xml, ">PLACE<", "><x xmlns=\"urn:x\">s@example.com</x><")
        },
    ));
    assert_eq!(read(&AttributeMap::new(), &login.identity).unwrap().get(&Field::Email), None);
    let gate = Gate::any_of("email", ["s@example.com"]).or(Gate::any_of("mail", ["", "f@example.com"]));
    assert!(!gate.admits(&login.identity));
}

#[test]
fn empty_values_are_none() {
    let user = identity(|answer| {
        answer.attribute("urn:oid:0.9.2342.19200300.100.1.3", [""]).attribute("mail", ["", "alice@example.com"]);
        answer.attribute("givenName", [" \t"]).attribute("groups", [""]).attribute("memberOf", ["a"]);
    });
    let mapped = read(&AttributeMap::new(), &user).unwrap();
    assert_eq!(
        (mapped.all(&Field::Email), mapped.get(&Field::FirstName)),
        (&["alice@example.com".to_owned()][..], None)
    );
    assert_eq!(mapped.groups().listed(), ["a"]);
    let error = read(&AttributeMap::new().require(Field::FirstName), &user).unwrap_err();
    assert_eq!(error.code(), "attribute-missing");
    for gate in
        [Gate::any_of("groups", [""]), Gate::all_of("groups", [""]), Gate::any_group(&AttributeMap::new(), [""])]
    {
        assert!(!gate.admits(&user), "{gate:?}");
    }
}

#[test]
fn a_name_id_is_an_email_only_where_its_format_says_so() {
    let named = |format: Option<&str>| {
        identity(|answer| {
            let name_id = answer.name_id.as_mut().unwrap();
            name_id.value = "alice@example.com".to_owned();
            name_id.format = format.map(str::to_owned);
        })
    };
    let email =
        |identity: &Identity| read(&AttributeMap::new(), identity).unwrap().get(&Field::Email).map(str::to_owned);
    assert_eq!(email(&named(Some(EMAIL))).as_deref(), Some("alice@example.com"));
    for other in [None, Some("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")] {
        assert_eq!(email(&named(other)), None);
    }
    let mut both = named(Some(EMAIL));
    assert_eq!(both.attribute("mail"), None);
    both = identity(|answer| {
        answer.name_id.as_mut().unwrap().format = Some(EMAIL.to_owned());
        answer.attribute("mail", ["sent@example.com"]);
    });
    assert_eq!(email(&both).as_deref(), Some("sent@example.com"));
    let chosen = AttributeMap::new().alias(Field::Email, "workEmail");
    assert_eq!(read(&chosen, &both).unwrap().get(&Field::Email), None);
}

/// SDP-SP12: what is missing, with the names that did arrive, and no value of any.
#[test]
fn sdp_sp12_a_required_field_that_did_not_come() {
    let identity = identity(|answer| {
        answer.attribute("emailAdress", ["secret@example.com"]).attribute("groups", ["secret group"]);
    });
    let error = read(&AttributeMap::new().alias(Field::Email, "E-Mail").require(Field::Email), &identity).unwrap_err();
    is_error(
        &error,
        "attribute-missing",
        Whose::IdentityProvider,
        &["no email", "looked for \"E-Mail\";", "\"emailAdress\"", "\"groups\""],
    );
    assert!(!format!("{error} {error:?} {}", error.hint()).contains("secret"));
    let own = Field::own("department");
    let error = read(&AttributeMap::new().require(own), &identity).unwrap_err();
    is_error(&error, "attribute-missing", Whose::IdentityProvider, &["no department", "looked for none"]);
    let nothing = self::identity(|answer| answer.attributes.clear());
    let error = read(&AttributeMap::new().require(Field::LastName), &nothing).unwrap_err();
    is_error(&error, "attribute-missing", Whose::IdentityProvider, &["last name", "sent none"]);
    read(&AttributeMap::new().require(Field::Groups), &identity).unwrap();
}

/// By their OIDs, as federations name them.
#[test]
fn sdp_sp18_the_four_attributes_to_show_somebody_by() {
    let four = [
        (Field::Email, "urn:oid:0.9.2342.19200300.100.1.3"),
        (Field::DisplayName, "urn:oid:2.16.840.1.113730.3.1.241"),
        (Field::FirstName, "urn:oid:2.5.4.42"),
        (Field::LastName, "urn:oid:2.5.4.4"),
    ];
    let identity = identity(|answer| {
        for (_, name) in &four {
            answer.attribute(*name, [format!("the {name}")]);
        }
    });
    let user = read(&AttributeMap::new(), &identity).unwrap();
    for (field, name) in &four {
        assert_eq!(user.get(field), Some(format!("the {name}").as_str()));
    }
}

/// Who speaks for a scope is declared in metadata, or named by the application; expressions are not.
#[test]
fn sdp_sp16_sdp_sp17_scoped_values_from_whom_they_belong_to() {
    let scoped = |name: &str, value: &str| identity(|answer| _ = answer.attribute(name, [value]));
    let fields = [
        (Field::EduPersonPrincipalName, "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"),
        (Field::SubjectId, "urn:oasis:names:tc:SAML:attribute:subject-id"),
        (Field::PairwiseId, "urn:oasis:names:tc:SAML:attribute:pairwise-id"),
    ];
    for (field, name) in fields {
        let alice = scoped(name, "alice@example.org");
        let declared = with_scopes(&[("example.com", false), ("example.org", false)]);
        assert_eq!(AttributeMap::new().read(&alice, &declared).unwrap().get(&field), Some("alice@example.org"));
        let named = AttributeMap::new().allow_scope("example.org").read(&alice, &idp()).unwrap();
        assert_eq!(named.get(&field), Some("alice@example.org"));
        for idp in [idp(), with_scopes(&[("example.com", false)]), with_scopes(&[(".*", true), ("Example.org", false)])]
        {
            let left_out = AttributeMap::new().read(&alice, &idp).unwrap();
            assert_eq!((left_out.get(&field), left_out.out_of_scope()), (None, &[field.clone()][..]));
            let error = AttributeMap::new().require(field.clone()).read(&alice, &idp).unwrap_err();
            is_error(&error, "attribute-scope", Whose::IdentityProvider, &[&field.to_string(), IDP]);
            assert!(!error.to_string().contains("alice"), "{error}");
        }
        for odd in [
            "alice",
            "alice@",
            "@example.org",
            "a@b@example.org",
            "alice@example.org@evil.example",
            "alice@example.org ",
        ] {
            let user = AttributeMap::new().read(&scoped(name, odd), &declared).unwrap();
            assert_eq!((user.get(&field), user.out_of_scope().len()), (None, 1), "{odd}");
        }
        let mixed = identity(|answer| _ = answer.attribute(name, ["alice@example.org", "alice@evil.example"]));
        assert_eq!(AttributeMap::new().read(&mixed, &declared).unwrap().get(&field), None);
    }
}

/// Another one's scopes are not for it.
#[test]
fn the_fields_of_an_identity_with_its_own_identity_provider() {
    let other = TestIdp::with_ecdsa("https://other.example.com").unwrap().identity_provider().unwrap();
    let error = AttributeMap::new().read(&identity(|_| ()), &other).unwrap_err();
    is_error(&error, "wrong-idp", Whose::Application, &["identity", IDP, "https://other.example.com"]);
}

#[test]
fn groups_each_once_split_and_filtered() {
    let user = identity(|answer| {
        answer.attribute("groups", ["app-a", "b", "app-a", "x, app-c ,,b"]);
    });
    let listed = |map: AttributeMap| map.groups(&user).listed().to_vec();
    assert_eq!(listed(AttributeMap::new()), ["app-a", "b", "x, app-c ,,b"]);
    assert_eq!(listed(AttributeMap::new().split_groups_at(',')), ["app-a", "b", "x", "app-c"]);
    let filtered = AttributeMap::new().split_groups_at(',').only_groups_with_prefix("app-");
    assert_eq!(listed(filtered.clone()), ["app-a", "app-c"]);
    assert_eq!(read(&filtered, &user).unwrap().all(&Field::Groups), ["app-a", "app-c"], "one answer to one question");
    assert_eq!(AttributeMap::new().groups(&identity(|_| ())), Groups::Absent);
}

/// More than 150 groups at Entra ID: a link, which is no list, and no empty one.
#[test]
fn groups_that_were_too_many() {
    let link = "https://graph.windows.net/t/users/u/getMemberObjects";
    let user = identity(|answer| {
        answer.attribute("http://schemas.microsoft.com/claims/groups.link", [link]);
    });
    let map = AttributeMap::new();
    assert_eq!(map.groups(&user), Groups::Overage { link: link.to_owned() });
    let suspended = || Gate::any_group(&map, ["suspended"]);
    let explanation = (!suspended()).explain(&user);
    assert_eq!(
        explanation.to_string(),
        "???: not\n  ???: a member of one of the groups \"suspended\" (the identity provider sent a link in their place: there are \
         too many)\n"
    );
    // Unknown is no yes, whichever way it is asked.
    let everybody = || Gate::idp(EntityId::new(IDP).unwrap());
    for (gate, met) in [
        (suspended(), None),
        (!suspended(), None),
        (!!suspended(), None),
        (everybody().and(suspended()), None),
        (suspended().and(everybody()), None),
        (everybody().and(!suspended()), None),
        (suspended().or(!everybody()), None),
        (everybody().or(suspended()), Some(true)),
        (suspended().or(everybody()), Some(true)),
        (suspended().and(!everybody()), Some(false)),
        ((!everybody()).and(suspended()), Some(false)),
    ] {
        assert_eq!(gate.explain(&user).met, met, "{gate:?}");
        assert_eq!(gate.admits(&user), met == Some(true), "{gate:?}");
    }
    // Beside any list: what the link stands for is not in it.
    let both = identity(|answer| {
        answer.attribute("http://schemas.microsoft.com/claims/groups.link", [link]).attribute("groups", ["a"]);
    });
    assert_eq!(map.groups(&both).listed(), [""; 0]);
}

#[test]
fn who_may_enter() {
    let alice = identity(|answer| {
        answer.attribute("groups", ["staff", "on-call"]).attribute("role", ["editor"]);
        answer.authn_context = Some("urn:x:mfa".to_owned());
    });
    let map = AttributeMap::new();
    let us = || EntityId::new(IDP).unwrap();
    let empty: [&str; 0] = [];
    for (gate, admits) in [
        (Gate::any_of("groups", ["admins", "on-call"]), true),
        (Gate::any_of("groups", ["admins", "On-call", "on-call "]), false),
        (Gate::any_of("Groups", ["on-call"]), false),
        (Gate::all_of("groups", ["on-call", "staff"]), true),
        (Gate::all_of("groups", ["on-call", "admins"]), false),
        (Gate::any_of("groups", empty), false),
        (Gate::all_of("groups", empty), false),
        (Gate::any_group(&map, ["staff"]), true),
        (Gate::any_group(&map, ["editor"]), false),
        (Gate::any_group(&map, empty), false),
        (Gate::authn_context(["urn:x:mfa", "urn:x:smartcard"]), true),
        (Gate::authn_context(["urn:x:password"]), false),
        (Gate::idp(us()), true),
        (Gate::idp(EntityId::new("https://idp.example.com/metadata/").unwrap()), false),
        (Gate::idp(us()).and(Gate::any_of("role", ["editor"])), true),
        (Gate::idp(us()).and(Gate::any_of("role", ["owner"])), false),
        (Gate::any_of("role", ["owner"]).or(Gate::any_of("groups", ["staff"])), true),
        (Gate::any_of("role", ["owner"]).or(Gate::any_of("groups", ["none"])), false),
        (!Gate::any_of("groups", ["suspended"]), true),
        (!Gate::any_of("groups", ["staff"]), false),
    ] {
        assert_eq!(gate.admits(&alice), admits, "{gate:?}");
        assert_eq!(gate.explain(&alice).met, Some(admits), "{gate:?}");
        assert_eq!(alice.require(&gate).is_ok(), admits, "{gate:?}");
    }
}

#[test]
fn why_somebody_may_not_enter_names_what_is_wanted_and_nothing_else() {
    let alice = identity(|answer| _ = answer.attribute("groups", ["secret"]));
    let gate = Gate::idp(EntityId::new(IDP).unwrap()).and(
        Gate::any_of("groups", ["admins"]).or(!Gate::authn_context(["urn:x:mfa"])).and(Gate::any_of("role", ["a\nb"])),
    );
    assert_eq!(
        gate.explain(&alice).to_string(),
        "no:  each of\n\
         \u{20} yes: signed in at \"https://idp.example.com/metadata\"\n\
         \u{20} no:  each of\n\
         \u{20}   yes: one of\n\
         \u{20}     no:  the attribute \"groups\" has one of \"admins\"\n\
         \u{20}     yes: not\n\
         \u{20}       no:  authenticated by one of \"urn:x:mfa\"\n\
         \u{20}   no:  the attribute \"role\" has one of \"a\\u{a}b\"\n"
    );
    let error = alice.require(&gate).unwrap_err();
    is_error(&error, "not-admitted", Whose::User, &["no:  the attribute \"role\""]);
    assert!(!format!("{error}{error:?}").contains("secret"));
}

/// Values are personal data.
#[test]
fn debug_forms_hold_no_values() {
    let alice = identity(|answer| _ = answer.attribute("mail", ["secret"]).attribute("groups", ["secret", "more"]));
    let user = read(&AttributeMap::new(), &alice).unwrap();
    assert_eq!(format!("{user:?}"), "{\"email\": 1, \"groups\": 2}");
    assert_eq!(format!("{:?}", user.groups()), "Groups(2 listed)");
    assert_eq!(format!("{:?}", Groups::Overage { link: "secret".to_owned() }), "Groups(overage)");
    assert_eq!(format!("{:?}", Groups::Absent), "Groups(absent)");
}
