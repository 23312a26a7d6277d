//! The schema, and the sample data that lies on it.

use server::storage::Database;
use server::storage::schema::{self, SchemaState};
use sqlx::MySqlPool;

use crate::harness::MIGRATIONS;

const DEMO: &str = include_str!("../../../end2end/seed/demo.sql");

#[sqlx::test(migrations = false)]
async fn migrate_brings_an_empty_database_up_to_date(pool: MySqlPool) {
    let database = Database::of_pool(pool);
    let SchemaState::Pending(names) = schema::state(&database).await.unwrap() else { panic!("not empty") };
    assert_eq!(names.len(), MIGRATIONS.iter().count());
    assert_eq!(names[0], "0001 create users");
    schema::migrate(&database).await.unwrap();
    assert_eq!(schema::state(&database).await.unwrap(), SchemaState::Current);
    schema::migrate(&database).await.unwrap();
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn edited_and_unknown_migrations_are_named(pool: MySqlPool) {
    let database = Database::of_pool(pool.clone());
    sqlx::query("UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = 2").execute(&pool).await.unwrap();
    let state = schema::state(&database).await.unwrap();
    assert_eq!(state, SchemaState::Damaged("0002 create sessions was edited after it was applied".into()));
    sqlx::query("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 2").execute(&pool).await.unwrap();
    let state = schema::state(&database).await.unwrap();
    assert_eq!(state, SchemaState::Damaged("migration 9999 is newer than this program".into()));
}

#[test]
fn migrations_are_numbered_without_gaps_and_hold_one_statement() {
    for (number, migration) in (1..).zip(MIGRATIONS.iter()) {
        assert_eq!(migration.version, number, "{}", migration.description);
        let code: String =
            migration.sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        assert_eq!(code.matches(';').count(), 1, "{}", migration.description);
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn demo_data_may_be_applied_again_and_again(pool: MySqlPool) {
    for _ in 0..2 {
        sqlx::raw_sql(DEMO).execute(&pool).await.unwrap();
        for (statement, count) in [
            ("SELECT COUNT(*) FROM switch_queues WHERE node = 'fs-1' AND display_name IS NOT NULL", 12),
            ("SELECT COUNT(*) FROM switch_agents WHERE node = 'fs-1'", 60),
            ("SELECT COUNT(*) FROM switch_agents WHERE display_name LIKE '坐席 % (示例)'", 30),
            ("SELECT COUNT(*) FROM switch_agents WHERE display_name LIKE 'Sample agent %'", 30),
        ] {
            let found: i64 = sqlx::query_scalar(statement).fetch_one(&pool).await.unwrap();
            assert_eq!(found, count, "{statement}");
        }
    }
    let node = app::model::ids::NodeName::new("fs-1");
    for queue in server::storage::queues::list_queues(&pool, &node).await.unwrap() {
        assert_eq!(queue.targets.problems(), [], "{}", queue.name);
    }
}
