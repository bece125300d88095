-- As `php artisan migrate` of Laravel 11 makes them.
create table "migrations" ("id" integer auto_increment not null primary key, "migration" varchar(255) not null, "batch" integer not null);
create table "users" ("id" bigint auto_increment not null primary key, "name" varchar(255) not null, "email" varchar(255) not null, "email_verified_at" datetime null, "password" varchar(255) not null, "remember_token" varchar(100) null, "created_at" datetime null, "updated_at" datetime null);
alter table "users" add constraint "users_email_unique" unique ("email");
create table "password_reset_tokens" ("email" varchar(255) not null primary key, "token" varchar(255) not null, "created_at" datetime null);
create table "sessions" ("id" varchar(255) not null primary key, "user_id" bigint null, "ip_address" varchar(45) null, "user_agent" text null, "payload" text not null, "last_activity" integer not null);
